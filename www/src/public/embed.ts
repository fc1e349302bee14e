/** embed.html: the element in a frame, with its attributes as parameters of the address. */
import { playground } from './parameters.js';

playground()?.setAttribute('full', new URL('index.html', location.href).href);
