/** Hues that the eye tells apart, in degrees of `hsl()`. */
const hues = [8, 28, 48, 80, 135, 170, 195, 220, 248, 275, 305, 335];

/** The most names that are remembered: a tab may stay open for weeks. */
const most = 500;

/**
 * Gives names their colours. A name keeps its hue. Two names have the same one only when all are in use.
 *
 * @returns {(name: string) => number} the hue of a name, in degrees
 */
export function newHues() {
  /** @type {Map<string, number>} places in `hues` by name, the oldest name first */
  const places = new Map();
  /** Names at each place. */
  const uses = hues.map(() => 0);
  return (name) => {
    const known = places.get(name);
    if (known !== undefined) return at(hues, known);
    const [oldest] = places;
    if (oldest !== undefined && places.size >= most) {
      places.delete(oldest[0]);
      uses[oldest[1]] = at(uses, oldest[1]) - 1;
    }
    // Where the search begins depends on the name alone, so that most pages show a person in one colour.
    let place = 0;
    for (const character of name) place = (place * 31 + (character.codePointAt(0) ?? 0)) % hues.length;
    const least = Math.min(...uses);
    // A step of 5 leads to each of the 12, and first to hues that are far away.
    while (at(uses, place) > least) place = (place + 5) % hues.length;
    uses[place] = least + 1;
    places.set(name, place);
    return at(hues, place);
  };
}

/**
 * @param {number[]} numbers
 * @param {number} index
 */
function at(numbers, index) {
  return numbers[index] ?? 0;
}
