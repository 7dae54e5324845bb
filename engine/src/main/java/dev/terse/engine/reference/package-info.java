/**
 * The specification: every operation of {@link dev.terse.engine.Engine} as plain loops in double
 * precision. Knows nothing of speed.
 */
package dev.terse.engine.reference;
