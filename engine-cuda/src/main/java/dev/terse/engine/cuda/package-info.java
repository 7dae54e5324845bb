/**
 * The engine on an NVIDIA GPU: {@link dev.terse.engine.cuda.CudaEngine}, its tensors, and what each
 * operation launches. Knows no model, and the GPU only as a {@code Device}.
 */
package dev.terse.engine.cuda;
