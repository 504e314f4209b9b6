import { writeFileSync } from 'node:fs';
import { rulesDocument } from './document.ts';
import { doctorDocument } from './doctor-document.ts';
import { failuresDocument } from './failures-document.ts';

writeFileSync('docs/rules.md', rulesDocument());
writeFileSync('docs/failures.md', failuresDocument());
writeFileSync('docs/doctor.md', doctorDocument());
