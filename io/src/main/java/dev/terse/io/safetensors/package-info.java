/**
 * The safetensors format: headers that are checked before anything is believed, data as bytes. What
 * the bytes mean to an engine is known above.
 */
package dev.terse.io.safetensors;
