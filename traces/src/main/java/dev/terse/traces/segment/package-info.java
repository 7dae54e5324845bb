/**
 * A trace, its thinking, and the steps and skips in it: text alone. Knows no token and no model.
 */
package dev.terse.traces.segment;
