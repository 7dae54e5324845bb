package dev.terse.engine.nd4j.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;

/** What a primitive does beside its own operation. */
final class OneDnnAttributes {
  private OneDnnAttributes() {}

  /** An empty chain of operations after a primitive's own. */
  static dnnl_post_ops postOps() {
    dnnl_post_ops made = new dnnl_post_ops();
    OneDnn.require(dnnl_post_ops_create(made), "dnnl_post_ops_create");
    return made;
  }

  /** With these post-ops, which are freed. */
  static dnnl_primitive_attr of(dnnl_post_ops after) {
    dnnl_primitive_attr attributes = of();
    OneDnn.require(
        dnnl_primitive_attr_set_post_ops(attributes, after), "dnnl_primitive_attr_set_post_ops");
    dnnl_post_ops_destroy(after);
    return attributes;
  }

  /** None; scratch memory is handed over with each call ({@link OneDnnScratchpad}). */
  static dnnl_primitive_attr of() {
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    OneDnn.require(dnnl_primitive_attr_create(attributes), "dnnl_primitive_attr_create");
    OneDnn.require(
        dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
        "dnnl_primitive_attr_set_scratchpad_mode");
    return attributes;
  }
}
