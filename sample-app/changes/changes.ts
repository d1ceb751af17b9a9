import { AddFeatureFlags } from './add-feature-flags.js';
import { AddUserStatus } from './add-user-status.js';
import { BackfillOrderTotals } from './backfill-order-totals.js';
import { CreateOrders } from './create-orders.js';
import { CreateUsers } from './create-users.js';
import { ImportOldShop } from './import-old-shop.js';
import { OpenGiftCards } from './open-gift-cards.js';
import { PublishPriceList } from './publish-price-list.js';
import { RegisterWebhook } from './register-webhook.js';

/** Every change of the shop. In which order they run, each says itself: by its stage and its order. */
export const CHANGES = [
  CreateUsers,
  CreateOrders,
  ImportOldShop,
  AddUserStatus,
  BackfillOrderTotals,
  AddFeatureFlags,
  OpenGiftCards,
  PublishPriceList,
  RegisterWebhook,
];
