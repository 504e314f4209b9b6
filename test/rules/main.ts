import { mkdirSync, writeFileSync } from 'node:fs';
import { configKeysDocument, configSchemaText } from './config-document.ts';
import { rulesDocument } from './document.ts';
import { doctorDocument } from './doctor-document.ts';
import { failuresDocument } from './failures-document.ts';

writeFileSync('docs/rules.md', rulesDocument());
writeFileSync('docs/failures.md', failuresDocument());
writeFileSync('docs/doctor.md', doctorDocument());
writeFileSync('docs/configuration-keys.md', configKeysDocument());
mkdirSync('schema', { recursive: true });
writeFileSync('schema/masterplan.schema.json', configSchemaText());
