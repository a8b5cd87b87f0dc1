/** Neural networks: trained by Deeplearning4j, kept as ONNX, served by ONNX Runtime. No Spring. */
@NullMarked
package winback.prediction.nets;

import org.jspecify.annotations.NullMarked;
