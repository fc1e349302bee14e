export { Element, requestStore, StoreRequest } from './element.js';
export { place } from './place.js';
export { reset, panel, tokens } from '../../styles/tokens.js';
export { icon, type IconName } from './icons.js';
