import type { ConfigReport, ConfigValue } from '../../../app/config-show.ts';
import { oneLine } from '../../../core/base/text.ts';

/** The values that hold, one a line; a single key that is asked for is its value alone, for scripts. */
export function renderConfig(
  { values, files }: ConfigReport,
  { origin, only }: { readonly origin: boolean; readonly only: string | undefined },
): string[] {
  const [first] = values;
  if (only !== undefined && values.length === 1 && first !== undefined && !origin) return [plain(first.value)];
  const rows = values.map((one) => ({ ...one, text: `${one.key}: ${written(one.value)}` }));
  const width = Math.min(60, Math.max(0, ...rows.map(({ text }) => text.length)));
  const lines = rows.map((one) => {
    const remark = one.remark === undefined ? '' : `  (${one.remark})`;
    return origin
      ? `${one.text.padEnd(width)}  # ${originWords(one)}${remark}`
      : `${one.text}${remark === '' ? '' : `  #${remark}`}`;
  });
  if (only === undefined && origin)
    lines.push('', ...files.map(({ path, exists }) => `# ${path}${exists ? '' : ' (not there)'}`));
  return lines;
}

function originWords({ from, where }: ConfigValue): string {
  if (from === 'default') return 'default';
  if (from === 'preset') return `preset (${where})`;
  if (from === 'run') return `the run ${oneLine(where, 400)}`;
  return oneLine(where, 400);
}

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** As it could stand in a file. */
function written(value: unknown): string {
  if (typeof value !== 'string') return oneLine(JSON.stringify(value), 400);
  return /^[A-Za-z./~$][\w ./~$:-]*$/.test(value) &&
    !/^(?:true|false|null|on|off|yes|no)$/i.test(value) &&
    !/: |:$/.test(value)
    ? value
    : JSON.stringify(value);
}
