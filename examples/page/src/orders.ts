/** How many buns of each kind have been ordered, as the page and the API know them. */
export type Orders = Readonly<Record<string, number>>;
