import { install } from "./fetch/globals.ts";

install();
