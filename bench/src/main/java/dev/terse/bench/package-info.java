/** Benchmarks of operations and timings from end to end. Nobody imports them. */
package dev.terse.bench;
