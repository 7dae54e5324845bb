/**
 * What answers say, and arithmetic on it: expressions, rationals, balls, units, regions, and the
 * limits that bound them. Knows no text.
 */
package dev.terse.answers.value;
