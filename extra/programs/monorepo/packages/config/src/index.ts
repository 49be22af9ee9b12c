import features from "./features.jsonc";
import licence from "./LICENCE.txt" with { type: "text" };
import shop from "./shop.toml";

export default { shop, features, licence: licence.trim() };
