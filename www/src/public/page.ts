/** index.html: the element as the whole page; `?scenario=backlog-overflow&lang=zh-CN` opens it so. */
import { playground } from './parameters.js';

playground();
