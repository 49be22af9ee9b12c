import * as orders from "./orders";
import * as products from "./products";

export default { ...products, ...orders };
