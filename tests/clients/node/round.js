"use strict";
// An image's life, by the SDK for Node. Prints what was seen as one JSON object.
// Arguments: endpoint, signature form ("acs3" or "v2", the older one).
const { $OpenApiUtil } = require("@alicloud/openapi-core");
const ecsSdk = require("@alicloud/ecs20140526");
const swasSdk = require("@alicloud/swas-open20200601");

const LONG = 3600; // seconds in which anything that was begun is over
const [endpoint, form] = process.argv.slice(2);
const here = { regionId: "cn-hangzhou" };

function clients(accessKeySecret) {
  const config = {
    accessKeyId: process.env.ALIBABA_CLOUD_ACCESS_KEY_ID,
    accessKeySecret,
    endpoint,
    protocol: "http",
    signatureAlgorithm: form === "v2" ? "v2" : undefined,
    ...here,
  };
  return [swasSdk.default, ecsSdk.default].map((Client) => new Client(new $OpenApiUtil.Config(config)));
}

const [swas, ecs] = clients(process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET);

// Every call goes through the SDK's own request class and method, e.g. ListInstancesRequest.
async function call(client, sdk, action, parameters) {
  const request = new sdk[`${action}Request`]({ ...here, ...parameters });
  return (await client[action[0].toLowerCase() + action.slice(1)](request)).body;
}

const askSwas = (action, parameters) => call(swas, swasSdk, action, parameters);
const askEcs = (action, parameters) => call(ecs, ecsSdk, action, parameters);

async function refusal(pending) {
  try {
    await pending;
  } catch (error) {
    return [error.name, error.statusCode, error.code];
  }
  return null;
}

async function advance(seconds) {
  const body = JSON.stringify({ seconds });
  const answer = await fetch(`http://${endpoint}/-/clock/advance`, { method: "POST", body });
  if (!answer.ok) throw new Error(await answer.text());
}

async function image(imageId, region) {
  const found = (await askEcs("DescribeImages", { imageId, status: "Creating,Available", ...region })).images;
  return found.image[0];
}

async function copied(imageId, parameters, region) {
  const made = (await askEcs("CopyImage", { imageId, ...parameters })).imageId;
  await advance(60);
  const begun = await image(made, region);
  await advance(LONG);
  return [begun, await image(made, region)];
}

async function removed(made, region) {
  const { snapshotId } = made.diskDeviceMappings.diskDeviceMapping[0];
  const tooSoon = await refusal(askEcs("DeleteSnapshot", { snapshotId }));
  await askEcs("DeleteImage", { imageId: made.imageId, ...region });
  await askEcs("DeleteSnapshot", { snapshotId });
  return tooSoon;
}

async function main() {
  const seen = {};
  const { instances } = await askSwas("ListInstances", { pageSize: 100 });
  seen.servers = instances.map((server) => server.instanceName);
  const { instanceId } = instances.find((server) => server.instanceName === "shop");
  const { disks } = await askSwas("ListDisks", { instanceId, diskType: "system" });

  const order = { diskId: disks[0].diskId, snapshotName: "before", clientToken: "token-1" };
  const { snapshotId } = await askSwas("CreateSnapshot", order);
  seen.sameSnapshot = (await askSwas("CreateSnapshot", order)).snapshotId === snapshotId;
  seen.otherOrder = await refusal(askSwas("CreateSnapshot", { ...order, snapshotName: "after" }));
  await advance(LONG);
  const snapshotIds = JSON.stringify([snapshotId]);
  seen.snapshot = (await askSwas("ListSnapshots", { snapshotIds })).snapshots[0].status;

  const parts = { instanceId, systemSnapshotId: snapshotId, imageName: "golden", description: "a b+c*~/ü 中&=%" };
  const { imageId } = await askSwas("CreateCustomImage", parts);
  await advance(LONG);
  seen.custom = (await askSwas("ListCustomImages", { imageIds: JSON.stringify([imageId]) })).customImages[0];

  await askSwas("ModifyImageShareStatus", { imageId, operation: "Share" });
  await advance(60);
  seen.shared = await image(imageId);
  seen.inShare = await refusal(askSwas("DeleteCustomImage", { imageId }));

  const shanghai = { regionId: "cn-shanghai" };
  const away = { destinationRegionId: shanghai.regionId };
  seen.straightAway = await refusal(askEcs("CopyImage", { imageId, ...away }));
  const tag = [{ key: "of", value: "golden" }];
  seen.copy = await copied(imageId, { destinationImageName: "golden-in-ecs", tag });
  seen.far = await copied(seen.copy[1].imageId, away, shanghai);
  seen.tooSoon = [await removed(seen.copy[1]), await removed(seen.far[1], shanghai)];

  await askSwas("ModifyImageShareStatus", { imageId, operation: "UnShare" });
  await askSwas("DeleteCustomImage", { imageId });
  await askSwas("DeleteSnapshot", { snapshotId });
  await advance(LONG);

  const [strangerInSwas, strangerInEcs] = clients("wrong");
  seen.strangers = [
    await refusal(call(strangerInSwas, swasSdk, "ListInstances")),
    await refusal(call(strangerInEcs, ecsSdk, "DescribeImages")),
  ];
  console.log(JSON.stringify(seen));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
