import { Apply, Change } from 'nestjs-flamingock';
import { RestClient } from 'nestjs-flamingock/rest';

const PRICES = { 'sku-0': 250, 'sku-1': 300, 'sku-2': 350 };

/** Doing it twice does no harm, so nothing is rolled back, and after a crash the next run simply does it again. */
@Change({
  id: 'publish-price-list',
  order: '0003',
  author: 'payments-team',
  targetSystem: 'payments',
  stage: 'release',
  recovery: 'always-retry',
  rollback: 'none',
})
export class PublishPriceList {
  @Apply()
  async apply(http: RestClient): Promise<void> {
    await http.put('/prices', PRICES);
  }
}
