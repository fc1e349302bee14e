/** Where nodes stand when nobody has put them anywhere: layers away from one end, pulled apart by forces. Deterministic. */
import { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, type SimulationLinkDatum, type SimulationNodeDatum } from 'd3-force';
import type { Point } from '../shapes.js';

/** A network as far as its arrangement goes: a link joins two nodes or more. */
export interface Net {
  readonly nodes: number;
  /** Nodes of each link, by their numbers. */
  readonly links: readonly (readonly number[])[];
}

interface Body extends SimulationNodeDatum {
  layer: number;
}

const APART = 90;
const TICKS = 240;
/** How much more one axis may be stretched than the other to fill the picture. */
const STRETCH = 3;
/** Narrower than this, layers stand below each other. */
const UPRIGHT = 0.85;

/**
 * Places in the unit square, one a node. Nodes with a place in `fixed` keep it; `aspect` is the width of the picture
 * divided by its height: what is taller than wide has its layers one below the other.
 */
export function arrange(net: Net, fixed: readonly (Point | undefined)[] = [], aspect = 1.3): Point[] {
  const joints = net.links.filter((ends) => ends.length > 2);
  if (joints.length) return jointed(net, fixed, aspect);
  if (aspect < UPRIGHT) return arrange(net, fixed.map((p) => p && flip(p)), 1 / aspect).map(flip);
  const numbers = Array.from({ length: net.nodes }, (_, i) => i);
  const given = numbers.map((i) => fixed[i]);
  if (given.every((p) => p !== undefined)) return given;
  const { layers, rows } = tree(neighbours(net));
  const depth = Math.max(1, ...layers);
  const middle = (Math.min(...rows) + Math.max(...rows)) / 2;
  const [wide, tall] = [depth * APART, Math.max(1, Math.max(...rows) - Math.min(...rows)) * APART];
  const layerX = (b: Body): number => (b.layer / depth - 0.5) * wide;
  const some = given.some((p) => p !== undefined);
  const bodies: Body[] = numbers.map((i) => {
    const body: Body = { layer: layers[i] ?? 0 };
    const at = given[i];
    return at ? { ...body, fx: (at.x - 0.5) * wide, fy: (at.y - 0.5) * tall } : { ...body, x: layerX(body), y: ((rows[i] ?? 0) - middle) * APART };
  });
  const pairs: SimulationLinkDatum<Body>[] = net.links.flatMap((ends) => ends.slice(1).map((to) => ({ source: ends[0] as number, target: to })));
  forceSimulation(bodies)
    .force('link', forceLink<Body, SimulationLinkDatum<Body>>(pairs).distance(APART).strength(0.2))
    .force('apart', forceManyBody<Body>().strength(-APART).distanceMax(APART * 3))
    .force('x', forceX<Body>(layerX).strength(0.3))
    .force('y', forceY<Body>(0).strength(0.02))
    .force('room', forceCollide<Body>(APART * 0.42))
    .stop()
    .tick(TICKS);
  const at = bodies.map((b) => ({ x: b.x ?? 0, y: b.y ?? 0 }));
  // Where some stand already, the others keep to the same measure.
  if (some) return at.map((p, i) => given[i] ?? { x: clamp(p.x / wide + 0.5), y: clamp(p.y / tall + 0.5) });
  return fitted(at, aspect);
}

/** What more than two are on has a middle of its own, from which each is as far. */
function jointed(net: Net, fixed: readonly (Point | undefined)[], aspect: number): Point[] {
  let nodes = net.nodes;
  const links = net.links.flatMap((ends) => {
    if (ends.length < 3) return [ends];
    const joint = nodes++;
    return ends.map((end) => [end, joint]);
  });
  const given = Array.from({ length: net.nodes }, (_, i) => fixed[i]);
  return arrange({ nodes, links }, given, aspect).slice(0, net.nodes);
}

const flip = ({ x, y }: Point): Point => ({ x: y, y: x });

function clamp(x: number): number {
  return Math.min(0.98, Math.max(0.02, x));
}

function neighbours(net: Net): number[][] {
  const near: number[][] = Array.from({ length: net.nodes }, () => []);
  for (const ends of net.links) for (const a of ends) for (const b of ends) if (a !== b && near[a] && b < net.nodes) near[a].push(b);
  return near;
}

/** Layers away from one end of each network, and rows such that what hangs on one node stands together. */
function tree(near: readonly (readonly number[])[]): { layers: number[]; rows: number[] } {
  const layers = near.map(() => -1);
  const rows = near.map(() => 0);
  let row = 0;
  /** The rows of what hangs on a node, its own in their middle. */
  const hang = (node: number): void => {
    const below = (near[node] ?? []).filter((next) => layers[next] === -1);
    for (const next of below) layers[next] = (layers[node] ?? 0) + 1;
    if (!below.length) rows[node] = row++;
    for (const next of below) hang(next);
    if (below.length) rows[node] = ((rows[below[0] as number] as number) + (rows[below.at(-1) as number] as number)) / 2;
  };
  for (let i = 0; i < near.length; i++) {
    if (layers[i] !== -1) continue;
    const furthest = (from: number): [number, number] => walk(near, from).reduce((best, [node, d]) => (d > best[1] ? [node, d] : best), [from, 0] as [number, number]);
    const [far, reach] = furthest(i);
    // The first node stands on the left where it is an end itself.
    const start = (near[i]?.length ?? 0) <= 1 || furthest(far)[1] === reach ? i : far;
    layers[start] = 0;
    hang(start);
  }
  return { layers, rows };
}

function walk(near: readonly (readonly number[])[], start: number): [number, number][] {
  const seen = new Map([[start, 0]]);
  for (const [node, d] of seen) for (const next of near[node] ?? []) if (!seen.has(next)) seen.set(next, d + 1);
  return [...seen];
}

/** Spread over the unit square, one axis not much more than the other. */
function fitted(at: readonly Point[], aspect: number): Point[] {
  const span = (of: (p: Point) => number): { middle: number; length: number } => {
    const [low, high] = [Math.min(...at.map(of)), Math.max(...at.map(of))];
    return { middle: (low + high) / 2, length: Math.max(high - low, 1e-6) };
  };
  const [x, y] = [span((p) => p.x), span((p) => p.y)];
  // Widths of the picture a unit of the plan, along each axis.
  const [across, down] = [1 / x.length, 1 / aspect / y.length];
  const least = Math.min(across, down) * STRETCH;
  const [fx, fy] = [Math.min(across, least), Math.min(down, least) * aspect];
  return at.map((p) => ({ x: 0.5 + (p.x - x.middle) * fx, y: 0.5 + (p.y - y.middle) * fy }));
}
