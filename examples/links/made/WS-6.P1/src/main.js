import { page } from './page.js';
import { serve } from './server.js';
import { openStore } from './store.js';

const [file = 'links.json', port = '8080'] = process.argv.slice(2);
serve(openStore(file), page).listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/`));
