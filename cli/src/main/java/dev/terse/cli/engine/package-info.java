/** The choice of what computes: the one place that names every engine. */
package dev.terse.cli.engine;
