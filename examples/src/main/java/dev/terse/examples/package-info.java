/** Four short programs on Terse's Java API; docs/java.md goes with them. */
package dev.terse.examples;
