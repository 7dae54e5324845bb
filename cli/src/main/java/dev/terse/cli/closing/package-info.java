/**
 * The last lines of a run: what has changed, how long it took, where it lies, what to type next.
 */
package dev.terse.cli.closing;
