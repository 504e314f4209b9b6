import { expect, test } from 'vitest';
import { plainText } from '../../../../src/core/plan/markdown/inline.ts';

test.each([
  ['_build_toolbar', '_build_toolbar'],
  ['_Requirements: 1.1_', 'Requirements: 1.1'],
  ['a _b_ c', 'a b c'],
  ['__bold__ x', 'bold x'],
  ['snake_case_x', 'snake_case_x'],
  ['_foo_bar baz_', 'foo_bar baz'],
  ['_(none)_', '(none)'],
  ['**_x_**', 'x'],
  ['pkg/__init__.py', 'pkg/__init__.py'],
  ['__init__.py', '__init__.py'],
  ['[a link](https://x.org) and `_code_`', 'a link and _code_'],
])('%s reads as %s', (text, plain) => expect(plainText(text)).toBe(plain));
