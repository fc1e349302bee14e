import type { TimelineInfo } from './pkg/views.js';

/** The timeline to hold beside another: the one it came from, else the first that came from it, else any. */
export function partner(timelines: readonly TimelineInfo[], id: number): number | undefined {
  const others = timelines.filter((t) => t.id !== id);
  const self = timelines.find((t) => t.id === id);
  return (others.find((t) => t.id === self?.parent) ?? others.find((t) => t.parent === id) ?? others[0])?.id;
}
