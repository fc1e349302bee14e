import { translators } from '../../locales/index.js';
import { en } from './words.en.js';
import { zhCN } from './words.zh-CN.js';

export const words = translators({ en, 'zh-CN': zhCN });
