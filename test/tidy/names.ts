import type { Place } from './project.ts';

/** Whether a place declares a variable, parameter, function, class or import. */
export function isVariable({ node, parent, key }: Place): boolean {
  if (node.type !== 'Identifier' || parent === undefined) return false;
  switch (parent.node.type) {
    case 'ArrayPattern':
    case 'RestElement':
      return true;
    case 'ArrowFunctionExpression':
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return key === 'id' || key === 'params';
    case 'AssignmentPattern':
      return key === 'left';
    case 'CatchClause':
      return key === 'param';
    case 'ClassDeclaration':
    case 'ClassExpression':
    case 'VariableDeclarator':
      return key === 'id';
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
    case 'ImportSpecifier':
      return key === 'local';
    case 'Property':
      return key === 'value' && parent.parent?.node.type === 'ObjectPattern';
    default:
      return false;
  }
}

/**
 * Whether a place names something of our own: a variable, a type, or a member of one. Names that come from elsewhere,
 * such as the members of somebody else's object or what a package exports, are not ours to choose.
 */
export function isOwnName(place: Place): boolean {
  const { node, parent, key } = place;
  if (node.type !== 'Identifier' || parent === undefined) return false;
  switch (parent.node.type) {
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
    case 'ImportSpecifier':
      return false;
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'TSMethodSignature':
    case 'TSPropertySignature':
      return key === 'key' && parent.node['computed'] !== true;
    case 'Property':
      return isVariable(place) && parent.node['shorthand'] !== true;
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return key === 'id';
    case 'TSTypeParameter':
      return key === 'name';
    default:
      return isVariable(place);
  }
}
