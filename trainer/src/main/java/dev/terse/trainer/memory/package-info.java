/**
 * How much memory a run will take, told before it starts. It knows shapes and engines, but reads no
 * data.
 */
package dev.terse.trainer.memory;
