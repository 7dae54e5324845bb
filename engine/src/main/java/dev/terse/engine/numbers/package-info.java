/**
 * Number formats of fewer bits than the engine's own, and how they are rounded to. Knows no tensor.
 */
package dev.terse.engine.numbers;
