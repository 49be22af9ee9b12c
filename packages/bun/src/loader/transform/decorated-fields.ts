/** Fields with decorators of TypeScript are assigned, and no field of an object if they have no value: its definition would hide an accessor that a decorator made. */
import type { CallExpression, Class, MethodDefinition, PropertyDefinition, Statement } from "acorn";
import { Rewriter } from "../syntax/rewriter.ts";
import { nodesOf } from "../syntax/syntax-tree.ts";

/** Names of private members that the rewritten classes get. */
const INITIALIZERS = "#mantouInitializers";
const INITIALIZER = "#mantouInitializer";

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * The same code with such fields assigned, behind all other fields and the constructor's parameters that are fields. Other fields, and those of computed
 * names, stay as they are. Lines stay.
 *
 * @param code of a transformation that calls `babelHelpers.decorate` for each decorated member
 */
export function assignDecoratedFields(code: string): string {
  const rewriter = new Rewriter(code);
  for (const { from, to, text } of editsFor(code).sort((a, b) => a.from - b.from))
    rewriter.replace(from, to, text);
  return rewriter.finish();
}

function editsFor(code: string): Edit[] {
  const classes = new Map<string, Class>();
  const decorated = new Map<Class, PropertyDefinition[]>();
  for (const node of nodesOf(code)) {
    if (node.type === "ClassDeclaration" || node.type === "ClassExpression") {
      if (node.id != null) classes.set(node.id.name, node);
    } else if (node.type === "CallExpression") {
      const found = decoratedField(node, classes);
      if (found !== null) decorated.set(found.of, [...(decorated.get(found.of) ?? []), found.field]);
    }
  }
  return [...decorated].flatMap(([of, fields]) => editsOf(of, fields, code));
}

/** The field that `babelHelpers.decorate([…], A.prototype, "field", void 0)` decorates; of static fields the last but one argument's class is `A`. */
function decoratedField(
  { callee, arguments: [, target, key, descriptor] }: CallExpression,
  classes: ReadonlyMap<string, Class>,
): { of: Class; field: PropertyDefinition } | null {
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return null;
  if (callee.property.name !== "decorate" || descriptor?.type !== "UnaryExpression") return null;
  const isStatic = target?.type === "Identifier";
  const name = target?.type === "MemberExpression" ? target.object : target;
  const of = name?.type === "Identifier" ? classes.get(name.name) : undefined;
  if (of === undefined || key?.type !== "Literal") return null;
  const field = of.body.body.find(
    (each): each is PropertyDefinition =>
      each.type === "PropertyDefinition" &&
      each.static === isStatic &&
      !each.computed &&
      (each.key.type === "Identifier" ? each.key.name : each.key.type === "Literal" && each.key.value) ===
        key.value,
  );
  return field === undefined ? null : { of, field };
}

function editsOf(of: Class, fields: readonly PropertyDefinition[], code: string): Edit[] {
  const edits: Edit[] = [];
  const assigned: string[] = [];
  for (const { start, end, key, value, static: isStatic } of fields) {
    if (value == null) edits.push({ from: start, to: end, text: "" });
    if (value == null || isStatic) continue;
    // The value stays on its lines: a method has the same `this` and `super`.
    const own = `${INITIALIZER}${assigned.length}`;
    edits.push(
      { from: start, to: value.start, text: `${own}(){return(` },
      { from: value.end, to: end, text: ")}" },
    );
    const name = code.slice(key.start, key.end);
    assigned.push(`this${key.type === "Identifier" ? `.${name}` : `[${name}]`}=this.${own}();`);
  }
  if (assigned.length === 0) return edits;
  const end = of.body.end - 1;
  const after = lastParameterField(of);
  if (after === null) {
    edits.push({ from: end, to: end, text: `${INITIALIZERS}=(()=>{${assigned.join("")}})();` });
  } else {
    edits.push({ from: after.end, to: after.end, text: `this.${INITIALIZERS}();` });
    edits.push({ from: end, to: end, text: `${INITIALIZERS}(){${assigned.join("")}}` });
  }
  return edits;
}

/** The constructor's statement for its last parameter that is a field, such as `constructor(public name)`. */
function lastParameterField(of: Class): Statement | null {
  const method = of.body.body.find(
    (each): each is MethodDefinition => each.type === "MethodDefinition" && each.kind === "constructor",
  );
  if (method === undefined) return null;
  const { params, body } = method.value;
  const names = new Set(
    params
      .map((each) => (each.type === "AssignmentPattern" ? each.left : each))
      .map((each) => (each.type === "Identifier" ? each.name : "")),
  );
  const isField = (each: Statement): boolean => {
    if (each.type !== "ExpressionStatement" || each.expression.type !== "AssignmentExpression") return false;
    const { left, right } = each.expression;
    return (
      left.type === "MemberExpression" &&
      left.object.type === "ThisExpression" &&
      left.property.type === "Identifier" &&
      right.type === "Identifier" &&
      right.name === left.property.name &&
      names.has(right.name)
    );
  };
  const first = body.body.findIndex(isField);
  if (first < 0) return null;
  let last = first;
  while (last + 1 < body.body.length && isField(body.body[last + 1]!)) last++;
  return body.body[last]!;
}
