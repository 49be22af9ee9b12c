import { readReadme, testExamples } from "@mantou/testing/readme";

const root = new URL("../", import.meta.url);

testExamples(root, readReadme(root));
