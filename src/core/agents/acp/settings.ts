import { type Fields, fieldsOf, listOf, textOf } from '../json.ts';
import type { Order } from '../order.ts';

/** One thing to be set before the first message. */
export interface Choice {
  readonly what: 'model' | 'effort';
  readonly value: string;
  readonly method: string;
  /** Beside the session. */
  readonly params: object;
}

export interface Choices {
  /** Name of the model that the program chose by itself. */
  readonly current: string | undefined;
  readonly wanted: readonly Choice[];
  /** What the order wants and the program does not offer. */
  readonly missing: string[];
}

/**
 * What is to be set of what the order wants, in the answer to `session/new`: options of the session (`configOptions`), or the list of
 * models that older programs give instead.
 */
export function choices(result: Fields, order: Order): Choices {
  const options = listOf(result['configOptions']).slice(0, 200).map(fieldsOf);
  const models = fieldsOf(result['models']);
  const modelOption = optionOf(options, 'model');
  const current = textOf(modelOption['currentValue']) ?? textOf(models['currentModelId']);
  const wanted: Choice[] = [];
  const missing: string[] = [];
  const { model, effort } = order;
  if (model !== undefined && model !== current) {
    const ids = listOf(models['availableModels']).map((one) => textOf(fieldsOf(one)['modelId']));
    if (valuesOf(modelOption).includes(model)) wanted.push(setting('model', modelOption, model));
    else if (ids.includes(model)) {
      wanted.push({ what: 'model', value: model, method: 'session/set_model', params: { modelId: model } });
    } else missing.push(`the model ${model}`);
  }
  if (effort !== undefined) {
    const option = optionOf(options, 'thought_level');
    if (valuesOf(option).includes(effort)) {
      if (option['currentValue'] !== effort) wanted.push(setting('effort', option, effort));
    } else missing.push(`the effort ${effort}`);
  }
  return { current, wanted, missing };
}

function setting(what: Choice['what'], option: Fields, value: string): Choice {
  const params = { configId: textOf(option['id']) ?? what, value };
  return { what, value, method: 'session/set_config_option', params };
}

function optionOf(options: readonly Fields[], category: string): Fields {
  return (
    options.find((one) => one['category'] === category && one['type'] === 'select') ??
    options.find((one) => one['id'] === category && one['type'] === 'select') ??
    {}
  );
}

/** Values of a selection, which may be in groups. */
function valuesOf(option: Fields): readonly (string | undefined)[] {
  return listOf(option['options'])
    .map(fieldsOf)
    .flatMap((one) => ('options' in one ? listOf(one['options']).map(fieldsOf) : [one]))
    .map((one) => textOf(one['value']));
}
