import type { PlanKind } from '../model.ts';
import type { Portable } from '../portable.ts';
import { renderFunctional } from './functional/render.ts';
import { functionalTemplate } from './functional/template.ts';
import { renderImplementation } from './implementation/render.ts';
import { implementationTemplate } from './implementation/template.ts';
import { renderMacro } from './macro/render.ts';
import { macroTemplate } from './macro/template.ts';
import { renderMaster } from './master/render.ts';
import { masterTemplate } from './master/template.ts';
import { renderMicro } from './micro/render.ts';
import { microTemplate } from './micro/template.ts';
import { renderPhased } from './phased/render.ts';
import { phasedTemplate } from './phased/template.ts';
import { renderTask } from './task-render.ts';
import { taskTemplate } from './task-template.ts';

const TEMPLATES: Readonly<Record<PlanKind, (title: string, slug: string) => string>> = {
  phased: phasedTemplate,
  master: masterTemplate,
  task: taskTemplate,
  implementation: implementationTemplate,
  functional: functionalTemplate,
  macro: macroTemplate,
  micro: microTemplate,
};

const RENDERERS: Readonly<Record<PlanKind, (plan: Portable) => string>> = {
  phased: renderPhased,
  master: renderMaster,
  task: renderTask,
  implementation: renderImplementation,
  functional: renderFunctional,
  macro: renderMacro,
  micro: renderMicro,
};

/** A draft of a plan of one kind, all of it placeholders: what new-plan writes and what planning attempts are shown. */
export function templateOf(kind: PlanKind, title: string, slug: string): string {
  return TEMPLATES[kind](title, slug);
}

/** Writes a plan as a document of one kind. */
export function renderAs(kind: PlanKind, plan: Portable): string {
  return RENDERERS[kind](plan);
}
