export { arrange, type Net } from './arrange.js';
export { glyph, HALF, type Kind } from './glyphs.js';
export { picture, type Crossing, type Fortune, type Picture, type Station, type Wire } from './picture.js';
