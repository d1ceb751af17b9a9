import { Apply, Change, Rollback, Verify } from 'nestjs-flamingock';
import { RestClient } from 'nestjs-flamingock/rest';

const URL = 'https://shop.example/payments/events';

interface Webhook {
  readonly id: number;
  readonly url: string;
}

/** What somebody else's API holds can't be in a transaction of ours. `@Verify` looks whether the change is in effect. */
@Change({
  id: 'register-webhook',
  order: '0002',
  author: 'payments-team',
  targetSystem: 'payments',
  stage: 'release',
})
export class RegisterWebhook {
  @Apply()
  async apply(http: RestClient): Promise<void> {
    await http.post('/webhooks', { url: URL, events: ['paid', 'refunded'] });
  }

  @Rollback()
  async rollback(http: RestClient): Promise<void> {
    for (const { id } of await ourWebhooks(http)) await http.delete(`/webhooks/${id}`);
  }

  @Verify()
  async verify(http: RestClient): Promise<boolean> {
    return (await ourWebhooks(http)).length === 1;
  }
}

async function ourWebhooks(http: RestClient): Promise<Webhook[]> {
  const { data } = await http.get<Webhook[]>('/webhooks');
  return data.filter(({ url }) => url === URL);
}
