/**
 * Which steps go, what stands in their place, and the row for SFT that is left. Knows no model and
 * no file.
 */
package dev.terse.traces.prune;
