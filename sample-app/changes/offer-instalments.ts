import { Inject } from '@nestjs/common';
import { Apply, Change, Rollback } from 'nestjs-flamingock';
import { RestClient } from 'nestjs-flamingock/rest';

/** What customers are offered: to pay over so many months. */
export interface InstalmentTerms {
  readonly months: number;
  readonly currency: string;
}

/** Token of the terms: each version of the shop in a rehearsal has its own. */
export const INSTALMENT_TERMS = Symbol('INSTALMENT_TERMS');

/** The change of `npm run sample -- --fail` and `-- --crash`. On purpose without `@Verify`. */
@Change({
  id: 'offer-instalments',
  order: '0005',
  author: 'payments-team',
  targetSystem: 'payments',
  stage: 'release',
})
export class OfferInstalments {
  constructor(@Inject(INSTALMENT_TERMS) private readonly terms: Iterable<InstalmentTerms>) {}

  @Apply()
  async apply(http: RestClient): Promise<void> {
    for (const plan of this.terms) await http.post('/plans', plan);
  }

  @Rollback()
  async rollback(http: RestClient): Promise<void> {
    const { data: plans } = await http.get<{ id: number }[]>('/plans');
    for (const { id } of plans) await http.delete(`/plans/${id}`);
  }
}
