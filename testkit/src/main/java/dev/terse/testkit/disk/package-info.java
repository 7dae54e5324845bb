/**
 * A disk that fails when it is told to, under all file work of a test's JVM, and that knows what a
 * loss of power would leave of it.
 */
package dev.terse.testkit.disk;
