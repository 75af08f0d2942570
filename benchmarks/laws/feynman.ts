import type { Formula } from './formula.ts';

const { PI, asin, cos, exp, sin, sqrt } = Math;

/** The published range of most variables. */
const USUAL = [1, 5] as const;
const NARROW = [1, 3] as const;
/** Of a speed below that of light, and of the speed of light above it. */
const SPEED = [1, 2] as const;
const LIGHT = [3, 10] as const;

const square = (x: number): number => x * x;
const cube = (x: number): number => x * x * x;

/** ħ of h. */
const reduced = (h: number): number => h / (2 * PI);

/** Lorentz's factor. */
const lorentz = (v: number, c: number): number => 1 / sqrt(1 - square(v / c));

/**
 * The first 40 formulas of at most five variables of the Feynman Symbolic Regression Database, in its order, so that nobody has
 * chosen among them; ids are volume, chapter and equation of the Feynman Lectures.
 *
 * Source: Udrescu and Tegmark, "AI Feynman: a physics-inspired method for symbolic regression", Science Advances 6(16), 2020, table
 * S1, with the ranges of the database.
 */
export const FEYNMAN: readonly Formula[] = [
  { id: 'I.6.2a', ranges: { theta: NARROW }, value: (theta) => exp(-square(theta) / 2) / sqrt(2 * PI) },
  {
    id: 'I.6.2',
    ranges: { sigma: NARROW, theta: NARROW },
    value: (sigma, theta) => exp(-square(theta / sigma) / 2) / (sqrt(2 * PI) * sigma),
  },
  {
    id: 'I.6.2b',
    ranges: { sigma: NARROW, theta: NARROW, theta1: NARROW },
    value: (sigma, theta, theta1) => exp(-square((theta - theta1) / sigma) / 2) / (sqrt(2 * PI) * sigma),
  },
  {
    id: 'I.8.14',
    ranges: { x1: USUAL, x2: USUAL, y1: USUAL, y2: USUAL },
    value: (x1, x2, y1, y2) => sqrt(square(x2 - x1) + square(y2 - y1)),
  },
  { id: 'I.10.7', ranges: { m_0: USUAL, v: SPEED, c: LIGHT }, value: (m_0, v, c) => m_0 * lorentz(v, c) },
  { id: 'I.12.1', ranges: { mu: USUAL, Nn: USUAL }, value: (mu, Nn) => mu * Nn },
  {
    id: 'I.12.2',
    ranges: { q1: USUAL, q2: USUAL, epsilon: USUAL, r: USUAL },
    value: (q1, q2, epsilon, r) => (q1 * q2) / (4 * PI * epsilon * square(r)),
  },
  {
    id: 'I.12.4',
    ranges: { q1: USUAL, epsilon: USUAL, r: USUAL },
    value: (q1, epsilon, r) => q1 / (4 * PI * epsilon * square(r)),
  },
  { id: 'I.12.5', ranges: { q2: USUAL, Ef: USUAL }, value: (q2, Ef) => q2 * Ef },
  {
    id: 'I.12.11',
    ranges: { q: USUAL, Ef: USUAL, B: USUAL, v: USUAL, theta: USUAL },
    value: (q, Ef, B, v, theta) => q * (Ef + B * v * sin(theta)),
  },
  {
    id: 'I.13.4',
    ranges: { m: USUAL, v: USUAL, u: USUAL, w: USUAL },
    value: (m, v, u, w) => (m * (square(v) + square(u) + square(w))) / 2,
  },
  {
    id: 'I.13.12',
    ranges: { m1: USUAL, m2: USUAL, r1: USUAL, r2: USUAL, G: USUAL },
    value: (m1, m2, r1, r2, G) => G * m1 * m2 * (1 / r2 - 1 / r1),
  },
  { id: 'I.14.3', ranges: { m: USUAL, g: USUAL, z: USUAL }, value: (m, g, z) => m * g * z },
  { id: 'I.14.4', ranges: { k_spring: USUAL, x: USUAL }, value: (k_spring, x) => (k_spring * square(x)) / 2 },
  {
    id: 'I.15.3x',
    ranges: { x: [5, 10], u: SPEED, c: [3, 20], t: SPEED },
    value: (x, u, c, t) => (x - u * t) * lorentz(u, c),
  },
  {
    id: 'I.15.3t',
    ranges: { x: USUAL, c: LIGHT, u: SPEED, t: USUAL },
    value: (x, c, u, t) => (t - (u * x) / square(c)) * lorentz(u, c),
  },
  { id: 'I.15.1', ranges: { m_0: USUAL, v: SPEED, c: LIGHT }, value: (m_0, v, c) => m_0 * v * lorentz(v, c) },
  { id: 'I.16.6', ranges: { c: USUAL, v: USUAL, u: USUAL }, value: (c, v, u) => (u + v) / (1 + (u * v) / square(c)) },
  {
    id: 'I.18.4',
    ranges: { m1: USUAL, m2: USUAL, r1: USUAL, r2: USUAL },
    value: (m1, m2, r1, r2) => (m1 * r1 + m2 * r2) / (m1 + m2),
  },
  { id: 'I.18.12', ranges: { r: USUAL, F: USUAL, theta: [0, 5] }, value: (r, F, theta) => r * F * sin(theta) },
  {
    id: 'I.18.14',
    ranges: { m: USUAL, r: USUAL, v: USUAL, theta: USUAL },
    value: (m, r, v, theta) => m * r * v * sin(theta),
  },
  {
    id: 'I.24.6',
    ranges: { m: NARROW, omega: NARROW, omega_0: NARROW, x: NARROW },
    value: (m, omega, omega_0, x) => (m * (square(omega) + square(omega_0)) * square(x)) / 4,
  },
  { id: 'I.25.13', ranges: { q: USUAL, C: USUAL }, value: (q, C) => q / C },
  { id: 'I.26.2', ranges: { n: [0, 1], theta2: USUAL }, value: (n, theta2) => asin(n * sin(theta2)) },
  { id: 'I.27.6', ranges: { d1: USUAL, d2: USUAL, n: USUAL }, value: (d1, d2, n) => 1 / (1 / d1 + n / d2) },
  { id: 'I.29.4', ranges: { omega: [1, 10], c: [1, 10] }, value: (omega, c) => omega / c },
  {
    id: 'I.29.16',
    ranges: { x1: USUAL, x2: USUAL, theta1: USUAL, theta2: USUAL },
    value: (x1, x2, theta1, theta2) => sqrt(square(x1) + square(x2) - 2 * x1 * x2 * cos(theta1 - theta2)),
  },
  {
    id: 'I.30.3',
    ranges: { Int_0: USUAL, theta: USUAL, n: USUAL },
    value: (Int_0, theta, n) => Int_0 * square(sin((n * theta) / 2) / sin(theta / 2)),
  },
  { id: 'I.30.5', ranges: { lambd: SPEED, d: [2, 5], n: USUAL }, value: (lambd, d, n) => asin(lambd / (n * d)) },
  {
    id: 'I.32.5',
    ranges: { q: USUAL, a: USUAL, epsilon: USUAL, c: USUAL },
    value: (q, a, epsilon, c) => square(q * a) / (6 * PI * epsilon * cube(c)),
  },
  { id: 'I.34.8', ranges: { q: USUAL, v: USUAL, B: USUAL, p: USUAL }, value: (q, v, B, p) => (q * v * B) / p },
  { id: 'I.34.1', ranges: { c: LIGHT, v: SPEED, omega_0: USUAL }, value: (c, v, omega_0) => omega_0 / (1 - v / c) },
  {
    id: 'I.34.14',
    ranges: { c: LIGHT, v: SPEED, omega_0: USUAL },
    value: (c, v, omega_0) => (1 + v / c) * lorentz(v, c) * omega_0,
  },
  { id: 'I.34.27', ranges: { omega: USUAL, h: USUAL }, value: (omega, h) => reduced(h) * omega },
  {
    id: 'I.37.4',
    ranges: { I1: USUAL, I2: USUAL, delta: USUAL },
    value: (I1, I2, delta) => I1 + I2 + 2 * sqrt(I1 * I2) * cos(delta),
  },
  {
    id: 'I.38.12',
    ranges: { m: USUAL, q: USUAL, h: USUAL, epsilon: USUAL },
    value: (m, q, h, epsilon) => (4 * PI * epsilon * square(reduced(h))) / (m * square(q)),
  },
  { id: 'I.39.1', ranges: { pr: USUAL, V: USUAL }, value: (pr, V) => (3 / 2) * pr * V },
  { id: 'I.39.11', ranges: { gamma: [2, 5], pr: USUAL, V: USUAL }, value: (gamma, pr, V) => (pr * V) / (gamma - 1) },
  { id: 'I.39.22', ranges: { n: USUAL, T: USUAL, V: USUAL, kb: USUAL }, value: (n, T, V, kb) => (n * kb * T) / V },
  {
    id: 'I.41.16',
    ranges: { omega: USUAL, T: USUAL, h: USUAL, kb: USUAL, c: USUAL },
    value: (omega, T, h, kb, c) =>
      (reduced(h) * cube(omega)) / (square(PI * c) * (exp((reduced(h) * omega) / (kb * T)) - 1)),
  },
];
