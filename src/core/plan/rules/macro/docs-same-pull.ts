import type { DraftUnit } from '../../draft.ts';
import { fieldOf } from '../../kinds/macro/model.ts';
import type { Rule } from '../rule.ts';
import { headOf, saysNone } from './shared.ts';

/** MA-25: documentation that waits for another pull request is wrong until then. */
export const docsSamePull: Rule<'macro'> = {
  id: 'MA-25',
  name: 'docs-same-pr',
  about: 'A pull request adds flags or files but says nothing of documentation.',
  severity: 'warning',
  fix: 'none',
  kinds: ['macro'],
  *check({ draft, detail }) {
    for (const [i, pull] of detail.pulls.entries()) {
      if (pull.lean || pull.form === 'row' || fieldOf(pull, 'docs') !== undefined) continue;
      const cli = fieldOf(pull, 'cli');
      const files = fieldOf(pull, 'files');
      const flags = cli !== undefined && !saysNone(cli.text);
      const adds = files !== undefined && /\bnew\b|\badd(?:s|ed)?\b|\bcreate/i.test(files.text);
      if (!flags && !adds) continue;
      const said = `${fieldOf(pull, 'cross-cutting')?.text ?? ''} ${files?.text ?? ''}`;
      if (/\.md\b|\breadme\b|\bdoc(?:s|umentation)?\b|\bchangelog\b/i.test(said)) continue;
      if ((draft.units[i] as DraftUnit).paths.some(({ text }) => /\.(?:md|rst|adoc|txt)$|(?:^|\/)docs?\//i.test(text)))
        continue;
      const message = `${pull.id} adds ${flags ? 'flags' : 'files'}, but says nothing of documentation.`;
      yield {
        span: headOf(draft, i),
        message,
        hint: 'Add `**Documentation Updates:**` with what changes there, or "none" and why.',
      };
    }
  },
};
