import { Inject, StreamableFile } from '@nestjs/common';
import type { PushMetrics } from '../../metrics/push-metrics.js';
import { METRICS } from '../http.tokens.js';
import { metricsOperation } from '../openapi/metrics.operations.js';
import { PushController, Route } from '../route.js';

@PushController()
export class MetricsController {
  constructor(@Inject(METRICS) private readonly metrics: PushMetrics) {}

  @Route(metricsOperation)
  async scrape(): Promise<StreamableFile> {
    // As bytes: Express would put its own charset into the content type of a text.
    const bytes = Buffer.from(await this.metrics.text());
    return new StreamableFile(bytes, { type: this.metrics.contentType, length: bytes.length });
  }
}
