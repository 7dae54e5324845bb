/**
 * What every engine must do, operation by operation, against the reference. It knows the seam and
 * no engine but that one.
 */
package dev.terse.testkit.conformance;
