/** The names that a module of JavaScript exports, and the modules that it imports. */
import type {
  AnyNode,
  ExportNamedDeclaration,
  Expression,
  Identifier,
  Literal,
  Pattern,
  SpreadElement,
} from "acorn";
import { nodesOf } from "../../loader/syntax/syntax-tree.ts";

/** A module that code imports. */
export interface TranspilerImport {
  readonly kind: "import-statement" | "dynamic-import" | "require-call" | "require-resolve";
  readonly path: string;
}

export interface ModuleNames {
  readonly exports: readonly string[];
  /** In the order of the code. */
  readonly imports: readonly TranspilerImport[];
}

/** @throws SyntaxError for a syntax that acorn does not know */
export function namesOf(code: string): ModuleNames {
  const exports: string[] = [];
  const imports: TranspilerImport[] = [];
  const add = (specifier: Expression | SpreadElement, kind: TranspilerImport["kind"]): void => {
    const path = constant(specifier);
    if (path !== undefined) imports.push({ kind, path });
  };
  for (const node of nodesOf(code)) {
    switch (node.type) {
      case "ImportDeclaration":
        add(node.source, "import-statement");
        break;
      case "ExportAllDeclaration":
        add(node.source, "import-statement");
        if (node.exported) exports.push(nameOf(node.exported));
        break;
      case "ExportNamedDeclaration":
        if (node.source) add(node.source, "import-statement");
        exports.push(...exportsOf(node));
        break;
      case "ExportDefaultDeclaration":
        exports.push("default");
        break;
      case "ImportExpression":
        add(node.source, "dynamic-import");
        break;
      case "CallExpression": {
        const [argument] = node.arguments;
        // Bun takes no call with more arguments for an import.
        if (node.arguments.length !== 1 || argument === undefined) break;
        if (isNamed(node.callee, "require")) add(argument, "require-call");
        else if (isRequireResolve(node.callee)) add(argument, "require-resolve");
      }
    }
  }
  return { exports, imports };
}

function exportsOf({ declaration, specifiers }: ExportNamedDeclaration): string[] {
  if (!declaration) return specifiers.map(({ exported }) => nameOf(exported));
  return declaration.type === "VariableDeclaration"
    ? declaration.declarations.flatMap(({ id }) => boundBy(id))
    : [nameOf(declaration.id)];
}

/** The names that a pattern binds. */
function boundBy(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "AssignmentPattern":
      return boundBy(pattern.left);
    case "RestElement":
      return boundBy(pattern.argument);
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element === null ? [] : boundBy(element)));
    case "ObjectPattern":
      return pattern.properties.flatMap((each) => boundBy(each.type === "RestElement" ? each : each.value));
    default:
      return [];
  }
}

const nameOf = (name: Identifier | Literal): string =>
  name.type === "Identifier" ? name.name : String(name.value);

const isNamed = (node: AnyNode, name: string): boolean => node.type === "Identifier" && node.name === name;

const isRequireResolve = (node: AnyNode): boolean =>
  node.type === "MemberExpression" && isNamed(node.object, "require") && isNamed(node.property, "resolve");

/** The text of a literal; undefined for any other expression. */
function constant(node: Expression | SpreadElement): string | undefined {
  if (node.type === "Literal") return typeof node.value === "string" ? node.value : undefined;
  if (node.type !== "TemplateLiteral" || node.quasis.length !== 1) return undefined;
  return node.quasis[0]?.value.cooked ?? undefined;
}
