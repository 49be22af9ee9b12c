import { expect, it } from "vitest";
import { ArrayParameter } from "../../src/sql/template.ts";

it.each([
  "INT",
  "text",
  "double precision",
  "character varying(20)",
  "NUMERIC(10, 2)",
  "timestamp(3) with time zone",
  "public.mood",
  '"My ""Type"""',
  'app."Type"',
])("%s is a type's name", (type) => {
  expect(new ArrayParameter([], type).arrayType).toBe(type);
});

it.each([
  "int[]); drop table t; --",
  "int or true",
  "text) or (true",
  '"a',
  "a.b.c",
  "",
  "int --",
  "int/**/",
  "1",
])("%s is none", (type) => {
  expect(() => new ArrayParameter([], type)).toThrow(TypeError);
});
