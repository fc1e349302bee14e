/**
 * The embedding API, version 1: one script tag, then `<tcp-playground scenario="accept-flow" lang="en">` anywhere.
 * Attributes, properties, methods and events are those of {@link TcpPlayground}; they stay as long as
 * `TcpPlayground.version` is 1.
 */
export { TcpPlayground, type StepDetail } from '../elements/app/index.js';
