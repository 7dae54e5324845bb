/** Finds the answer in a completion, as text. Does not read it: knows no mathematics. */
package dev.terse.answers.extract;
